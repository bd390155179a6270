"""The whole money of a project: year by year, taxed, financed, under contract, and told in three statements that tie."""

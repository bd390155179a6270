"""What flows: mixtures, fuels and heating values, humid air, standard atmosphere, combustion products."""

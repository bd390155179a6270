"""How sure the answer is: uncertain inputs and what they do to the headline numbers, outages, and what one trip costs."""

"""The steel around the machine: heat recovery, boiler, and N identical machines as one array. Knows no place and no price."""

"""A fictional city, its electors and the sheets they sign: drawn from a seed, to test and to show with."""

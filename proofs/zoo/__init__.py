"""The page of the implementations that are wrong on purpose."""

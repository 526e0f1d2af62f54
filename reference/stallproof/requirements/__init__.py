"""The law as values: the requirements, and the vectors that demand decisions step by step."""

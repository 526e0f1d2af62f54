"""The judge: what was seen, what the law makes of it, and the verdict.

From the bottom up: `evidence` is what was seen, `rules` are the law on real evidence, `model` is
the law in virtual time, and the modules beside them evaluate all of it and report.
"""

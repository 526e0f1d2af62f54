"""Results: what the oracle says of NVFlare, and of what Python users would reach for instead.

The intuition: a page of results is worth as much as the way back from it to a run. So each run
leaves a record, a trimmed report; the page is made of the records alone, and no cell by hand.

The use: `python -m proofs results --run` judges each implementation on the real clock and writes
`proofs/evidence/results/NAME.json`; `make docs` makes the page of these records.

The complication: real clocks are noisy and some failures hang on a race. The page names noise and
grace of each run, and marks what may come out otherwise the next time.
"""

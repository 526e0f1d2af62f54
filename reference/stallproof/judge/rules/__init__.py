"""The rules: each reads one run and says what it saw of one requirement, in plain English.

A rule states the law anew from `spec/`; none calls the reference implementation.
"""

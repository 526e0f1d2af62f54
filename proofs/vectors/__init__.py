"""The vectors as they are written by hand, and the program that makes the files of them."""

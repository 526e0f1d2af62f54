"""Run the command line as `python -m stallproof`."""

from stallproof.cli import main

if __name__ == "__main__":
    main()

"""Where the stages are put in order: ``generate`` on the way out, ``intake`` on the way back."""

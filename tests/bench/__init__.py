"""The benchmark: how good, how fast, how sturdy, beside the tools that one would pick instead.

``python -m tests.bench`` (``make bench``) stays under 20 minutes on two cores, ``--full``
(``make bench-full``) takes hours. People, hands and seeds are kept out of development; what is
judged is what the command line says, against the truth that the simulator wrote.
"""

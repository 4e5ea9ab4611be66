"""The witness: what the supervising department runs on its own machine, beside nothing of the operator's. No Django.

``service`` decides (tlog-witness, c2sp.org), ``store`` remembers, ``app`` is HTTP, ``setup`` makes and reads a folder.
"""

"""Transparency logs after C2SP: tree, tiles, notes, checkpoints, cosignatures, proofs, trust policies. Pure.

c2sp.org: tlog-tiles, signed-note, tlog-checkpoint, tlog-cosignature, tlog-witness, tlog-proof, tlog-policy; RFC 6962.
"""

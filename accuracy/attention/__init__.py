"""The study of attention: every matrix product of the heads replaced by another method's."""

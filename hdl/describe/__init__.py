"""Descriptions of components and their ports, as text and as manifests."""

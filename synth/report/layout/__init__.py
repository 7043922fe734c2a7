"""Report of what placement and wires change."""

"""Self-checking benches in Verilog-2005 for exported units."""

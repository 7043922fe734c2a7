"""Map Verilog to cells with Yosys and ABC."""

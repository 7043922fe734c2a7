"""cocotb benches, run by the simulator's process, and their comparisons."""

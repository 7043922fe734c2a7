"""The benches that cocotb runs inside a simulation, and what they check with."""

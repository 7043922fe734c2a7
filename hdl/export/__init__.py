"""Write components as Verilog, with a manifest and a FuseSoC core file."""

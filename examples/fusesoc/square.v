// square: p = x * x in e4m3, a cycle later. Your design, in which `mul` is a unit from `lmul verilog multiplier`.
module square (
  input  wire clk,
  input  wire [7:0] x,
  output reg  [7:0] p
);
  wire [7:0] product;
  mul unit (.x(x), .y(x), .p(product));
  always @(posedge clk) p <= product;
endmodule

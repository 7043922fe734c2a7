// top: the 16-lane dot product of lmul on an ECP5, behind few pins.
//
// A shift register of 32 bytes takes a byte each cycle: 16 codes of y, then 16 of x. A pulse on `go` hands both to the
// unit, as one beat of each stream, `last` ends the sum. Its 44 bits leave by `sum`, a nibble each cycle, lowest first.
// All ports have registers, so that fmax is that of the unit and of the shift registers around it.
module top (
  input  wire clk,
  input  wire rst,
  input  wire [7:0] data,
  input  wire go,
  input  wire last,
  output wire [3:0] sum,
  output reg  busy
);
  reg [7:0] data_in;
  reg reset, go_in, last_in, x_valid, y_valid, x_last;
  reg [255:0] codes, operands;
  reg [43:0] shown;
  wire x_ready, y_ready, o_valid;
  wire [43:0] total;
  assign sum = shown[3:0];

  always @(posedge clk) begin
    {reset, data_in, go_in, last_in} <= {rst, data, go, last};
    codes <= {data_in, codes[255:8]};
    if (go_in) {x_last, operands} <= {last_in, codes};
    if (reset) {x_valid, y_valid} <= 0;
    else begin
      x_valid <= go_in | (x_valid & ~x_ready);
      y_valid <= go_in | (y_valid & ~y_ready);
    end
    busy <= x_valid | y_valid;
    shown <= o_valid ? total : {4'b0, shown[43:4]};
  end

  dot16 unit (
    .clk(clk), .rst(reset),
    .y(operands[127:0]), .y_valid(y_valid), .y_ready(y_ready),
    .x(operands[255:128]), .x_last(x_last), .x_release(1'b1), .x_valid(x_valid), .x_ready(x_ready),
    .sum(total), .sum_saturated(), .o_valid(o_valid), .o_ready(1'b1),
    .reserved(), .saturated()
  );
endmodule

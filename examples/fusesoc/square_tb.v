// square_tb: by hand, L-Mul squares 1.5 (0x3c) exactly to 2.25 (0x41), and makes 4.5 (0x49) of 2 (0x40).
module square_tb;
  reg clk;
  reg [7:0] x;
  wire [7:0] p;
  square unit (.clk(clk), .x(x), .p(p));

  task expect_square(input [7:0] code, input [7:0] product); begin
    x = code;
    #5 clk = 1;
    #5 clk = 0;
    if (p !== product) $fatal(1, "FAIL: square of %h is %h, expected %h", code, p, product);
  end endtask

  initial begin
    clk = 0;
    expect_square(8'h3c, 8'h41);
    expect_square(8'h40, 8'h49);
    $display("PASS: square");
    $finish;
  end
endmodule

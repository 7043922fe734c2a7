// dot_xif: dot products of e4m3 as custom RISC-V instructions, behind the CORE-V eXtension interface (CV-X-IF) of the
// OpenHW Group, version 1.0.0 (https://github.com/openhwgroup/core-v-xif, tag v1.0.0).
//
//   dot.add  rs1, rs2        adds the four products of the codes in rs1 and rs2 to the sum
//   dot.end  rd, rs1, rs2    the same; rd is the sum's low word; the next dot.add or dot.end begins a new sum
//   dot.high rd              the high word of the last sum that ended, with its sign
//
// All are of R-type in custom-0: opcode 0001011, funct7 0000000, funct3 000, 001 and 010.
//
// Parameters of the interface: X_NUM_RS 2, X_RFR_WIDTH and X_RFW_WIDTH 32, X_NUM_HARTS 1, no dual reads or writes, and
// X_ISSUE_REGISTER_SPLIT 0: registers come with the issue. Ports are the fields of the interface's structs. The
// optional interfaces (compressed, memory) are not there. One instruction is in flight at a time, another one waits at
// issue; nothing is done before the commit, so that a kill has nothing to undo. A commit may come while its
// instruction still waits to be issued. It is for all older ones, a kill for all newer ones; which those are is told
// from ids that span less than half of their range while they are in flight.
module dot_xif #(
  parameter X_ID_WIDTH = 4,
  parameter X_HARTID_WIDTH = 1
) (
  input  wire clk,
  input  wire rst,

  input  wire issue_valid,
  output wire issue_ready,
  input  wire [31:0] issue_req_instr,
  input  wire [X_HARTID_WIDTH-1:0] issue_req_hartid,
  input  wire [X_ID_WIDTH-1:0] issue_req_id,
  output wire issue_resp_accept,
  output wire issue_resp_writeback,
  output wire [1:0] issue_resp_register_read,

  input  wire register_valid,
  output wire register_ready,
  input  wire [31:0] register_rs1, // rs[0]
  input  wire [31:0] register_rs2, // rs[1]
  input  wire [1:0] register_rs_valid,

  input  wire commit_valid,
  input  wire [X_ID_WIDTH-1:0] commit_id,
  input  wire commit_kill,

  output wire result_valid,
  input  wire result_ready,
  output reg  [X_HARTID_WIDTH-1:0] result_hartid,
  output reg  [X_ID_WIDTH-1:0] result_id,
  output reg  [31:0] result_data,
  output reg  [4:0] result_rd,
  output wire result_we
);
  localparam [1:0] ADD = 0, END = 1, HIGH = 2;
  localparam [2:0] IDLE = 0, WAIT = 1, LOAD = 2, STEP = 3, SUM = 4, RESULT = 5;
  localparam SUM_WIDTH = 44;
  reg [2:0] state;
  reg [1:0] what;

  // Issue: what is not ours is refused at once, the rest waits for its operands and for its turn.
  wire [1:0] op = issue_req_instr[13:12];
  wire ours = issue_req_instr[6:0] == 7'b0001011 && issue_req_instr[31:25] == 0 && issue_req_instr[14:12] <= 2;
  wire [1:0] read = {2{ours && op != HIGH}};
  wire operands = register_valid && (read & ~register_rs_valid) == 0;
  assign issue_resp_accept = ours;
  assign issue_resp_writeback = ours && op != ADD;
  assign issue_resp_register_read = read;
  assign issue_ready = !ours || (state == IDLE && operands);
  assign register_ready = issue_ready;
  wire taken = issue_valid && issue_ready && ours;

  // Commit: for the instruction in flight, and for the one at issue, for which it is kept if that has to wait.
  function covers(input [X_ID_WIDTH-1:0] id, input [X_ID_WIDTH-1:0] other, input kill);
    reg [X_ID_WIDTH-1:0] newer, older;
    begin
      newer = other - id;
      older = id - other;
      covers = kill ? !older[X_ID_WIDTH-1] : !newer[X_ID_WIDTH-1];
    end
  endfunction
  reg early, early_kill;
  reg [X_ID_WIDTH-1:0] early_id;
  wire kept = early && early_id == issue_req_id;
  wire now = commit_valid && covers(issue_req_id, commit_id, commit_kill);
  wire known = kept || now;
  wire killed = kept ? early_kill : now && commit_kill;
  wire flying = commit_valid && covers(result_id, commit_id, commit_kill);

  always @(posedge clk)
    if (rst || !issue_valid || issue_ready) early <= 0;
    else begin
      early <= known;
      early_kill <= killed;
      early_id <= issue_req_id;
    end

  // The unit: words of y for one beat of x.
  reg [31:0] x, y;
  reg [31:0] high;
  wire x_ready, y_ready, sum_valid;
  wire [SUM_WIDTH-1:0] sum;
  dot4 unit (
    .clk(clk), .rst(rst),
    .y(y), .y_valid(state == LOAD), .y_ready(y_ready),
    .x(x), .x_last(what == END), .x_release(1'b1), .x_valid(state == STEP), .x_ready(x_ready),
    .sum(sum), .sum_saturated(), .o_valid(sum_valid), .o_ready(state == SUM),
    .reserved(), .saturated()
  );

  assign result_valid = state == RESULT;
  assign result_we = what != ADD;
  always @(posedge clk)
    if (rst) begin
      state <= IDLE;
      high <= 0;
    end else case (state)
      IDLE: if (taken && !killed) begin
        state <= known ? (op == HIGH ? RESULT : LOAD) : WAIT;
        what <= op;
        {x, y} <= {register_rs1, register_rs2};
        {result_hartid, result_id, result_rd} <= {issue_req_hartid, issue_req_id, issue_req_instr[11:7]};
        result_data <= high;
      end
      WAIT: if (flying) state <= commit_kill ? IDLE : what == HIGH ? RESULT : LOAD;
      LOAD: if (y_ready) state <= STEP;
      STEP: if (x_ready) begin
        state <= what == END ? SUM : RESULT;
        result_data <= 0;
      end
      SUM: if (sum_valid) begin
        state <= RESULT;
        result_data <= sum[31:0];
        high <= {{64-SUM_WIDTH{sum[SUM_WIDTH-1]}}, sum[SUM_WIDTH-1:32]};
      end
      default: if (result_ready) state <= IDLE;
    endcase
endmodule

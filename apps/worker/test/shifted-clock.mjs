/** Loaded before a process's own code (`node --import`): its clock and its children's are off by CLOCK_SHIFT_MS. */
const shiftMs = Number(process.env.CLOCK_SHIFT_MS);
const TrueDate = Date;

globalThis.Date = class ShiftedDate extends TrueDate {
  constructor(...given) {
    if (given.length === 0) super(ShiftedDate.now());
    else super(...given);
  }

  static now() {
    return TrueDate.now() + shiftMs;
  }
};

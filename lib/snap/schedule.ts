const CLOCK = /^(?:(?:\d|0\d|1\d|2[0-3]):[0-5]\d|24:00)$/;
const WEEKDAY = /^(?:sun|mon|tue|wed|thu|fri|sat)([1-5]?)$/;
/** Beyond it is no 32-bit number. */
const MAX_EVENTS = 2 ** 32 - 1;

/** `mon`, `mon-fri`, `mon1`, `fri4-sat`; an end in an earlier week of the month than the start is none. */
function isWeekSpan(text: string): boolean {
  const ends = text.split('-').map((day) => WEEKDAY.exec(day));
  if (ends.length > 2 || ends.includes(null)) return false;
  const [start = '', end = ''] = ends.map((match) => match![1]!);
  return start === '' || end === '' || end >= start;
}

/** `10:00`, `10:00-12:00`, `10:00~12:00/3`: at it, from and to, at any time between, and so many times. */
function isClockSpan(text: string): boolean {
  const [span = '', count, ...more] = text.split('/');
  if (more.length > 0 || (count !== undefined && (!/^\d+$/.test(count) || Number(count) === 0 || Number(count) > MAX_EVENTS))) return false;
  const spread = span.replace('~', '-');
  const dash = spread.indexOf('-');
  return dash < 0 ? CLOCK.test(spread) : CLOCK.test(spread.slice(0, dash)) && CLOCK.test(spread.slice(dash + 1));
}

/** Whether a text is a schedule of snapd: sets joined by `,,`, in each the weekdays and then the times (snapd timeutil/schedule.go, ParseSchedule). */
export const isSchedule = (text: string): boolean =>
  text.split(',,').every((set) => {
    const parts = set.split(',');
    const firstTime = parts.findIndex((part) => part.includes(':'));
    return parts.every((part, i) => (firstTime >= 0 && i >= firstTime ? part.includes(':') && isClockSpan(part) : isWeekSpan(part)));
  });

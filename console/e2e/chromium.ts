/** Which Chromium is used, and how: Debian's unless another is named. */
export const LAUNCH = {
  executablePath: process.env.WAYBILL_TEST_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-dev-shm-usage'],
};

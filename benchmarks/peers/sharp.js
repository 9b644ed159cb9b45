// Thumbnails by sharp from one load: node sharp.js FORMATS SOURCE FOLDER HEIGHT..., the largest
// first; FORMATS is webp, or webp+jpeg. The largest is made while decoding (shrink-on-load), each
// smaller one from the pixels of the one above. Of the ways to write it this took sharp the least:
// clones of the input decode it each time.
'use strict';

const { existsSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const sharp = require('sharp');

sharp.concurrency(1);
sharp.cache(false);

// As much effort as ours: libwebp's method 2, and JPEG with the tables that the standard gives.
const OPTIONS = {
  webp: { quality: 80, effort: 2 },
  jpeg: { quality: 82, optimiseCoding: false },
};

async function pixels(picture) {
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return sharp(data, { raw: { width, height, channels } });
}

async function pyramid(formats, source, folder, heights) {
  let picture = sharp(source).autoOrient();
  for (const height of heights) {
    picture = await pixels(picture.resize({ height, withoutEnlargement: true }));
    for (const format of formats) {
      const file = join(folder, `${height}.${format}`);
      await picture.clone().toFormat(format, OPTIONS[format]).toFile(file);
    }
  }
}

function peak() {
  const status = '/proc/self/status';
  if (existsSync(status)) return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(status))[1]) * 1024;
  return process.resourceUsage().maxRSS * 1024;
}

async function main() {
  const [formats, source, folder, ...heights] = process.argv.slice(2);
  const before = process.cpuUsage();
  await pyramid(formats.split('+'), source, folder, heights.map(Number));
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify([(user + system) / 1000, peak()]));
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});

/** Draws pictures that look a little like photographs: landscapes of a few kinds, in several shapes. */
const SHAPES = [1.5, 1, 0.7, 1.78, 1.33];

export async function drawPicture(key: number, longest: number): Promise<Uint8Array<ArrayBuffer> | null> {
  if (key % 97 === 13) return null; // some files are broken
  const shape = SHAPES[key % SHAPES.length];
  const [width, height] = shape >= 1 ? [longest, longest / shape] : [longest * shape, longest];
  const canvas = new OffscreenCanvas(Math.round(width), Math.round(height));
  const draw = canvas.getContext("2d") as OffscreenCanvasRenderingContext2D;
  const random = randomFrom(key);
  const hue = (key % 7) * 51 + random() * 20;
  const sky = draw.createLinearGradient(0, 0, 0, height);
  sky.addColorStop(0, `hsl(${hue} 55% ${35 + random() * 35}%)`);
  sky.addColorStop(0.7, `hsl(${hue + 40} 70% ${65 + random() * 25}%)`);
  draw.fillStyle = sky;
  draw.fillRect(0, 0, width, height);
  draw.fillStyle = `hsl(${hue + 40} 90% 88%)`;
  draw.beginPath();
  draw.arc(random() * width, height * (0.2 + random() * 0.3), width * (0.03 + random() * 0.06), 0, 7);
  draw.fill();
  for (let hill = 0; hill < 4; hill++) {
    const [phase, swing] = [random() * 9, 0.04 + random() * 0.1];
    draw.fillStyle = `hsl(${hue + 160} ${25 + hill * 6}% ${42 - hill * 9}%)`;
    draw.beginPath();
    draw.moveTo(0, height);
    for (let x = 0; x <= width; x += width / 40) {
      const y = 0.5 + hill * 0.12 + Math.sin(phase + (x / width) * (3 + hill)) * swing;
      draw.lineTo(x, y * height);
    }
    draw.lineTo(width, height);
    draw.fill();
  }
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.8 });
  return new Uint8Array(await blob.arrayBuffer());
}

function randomFrom(seed: number): () => number {
  let state = seed * 2654435761;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 0x9e3779b9) | 0;
    return ((state ^ (state >>> 13)) >>> 0) / 4294967296;
  };
}

// The board's answers. Whatever is not one of its own counts as none: a phone may have gone back to another network.

const PATIENCE_MS = 8000;
let serial;

/** What the board answers, `{status, data}`; rejects when it does not. With a body it is a POST. */
export async function ask(path, body) {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), PATIENCE_MS);
  try {
    const post = body && {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    };
    const response = await fetch(`/api/${path}`, { ...post, signal: control.signal });
    return { status: response.status, data: await response.json() };
  } finally {
    clearTimeout(timer);
  }
}

/** The board's state; rejects also when it is another board's, which has the same address. */
export async function askState() {
  const { data } = await ask('state');
  serial ??= data.identity.serial;
  if (data.identity.serial !== serial) throw new Error('another board');
  return data;
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The bytes of a blob, in one piece or in several that follow each other. */
export type BlobContent = Uint8Array | readonly Uint8Array[];

export function pieces(content: BlobContent): readonly Uint8Array[] {
  return content instanceof Uint8Array ? [content] : content;
}

export function contentLength(content: BlobContent): number {
  return pieces(content).reduce((sum, piece) => sum + piece.length, 0);
}

/** A copy in one piece. */
export function joined(content: BlobContent): Uint8Array {
  const bytes = new Uint8Array(contentLength(content));
  let offset = 0;
  for (const piece of pieces(content)) {
    bytes.set(piece, offset);
    offset += piece.length;
  }
  return bytes;
}

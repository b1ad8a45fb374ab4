/** The source that a URL belongs to: the origin of its site, or `upload`. */
export const sourceOf = (url: string): string => {
  const { origin, hostname } = new URL(url);
  return hostname === 'upload.invalid' ? 'upload' : origin;
};

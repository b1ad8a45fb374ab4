/** As much of WebAssembly as is used; its types come with those of browsers only. */
interface WebAssemblyApi {
  readonly Memory: new (size: { readonly initial: number }) => WebAssemblyMemory;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (
    module: object,
    imports: { readonly env: { readonly memory: WebAssemblyMemory } },
  ) => { readonly exports: Readonly<Record<string, unknown>> };
}

interface WebAssemblyMemory {
  /** Another one after `grow`. */
  readonly buffer: ArrayBuffer;
  /** By so many pages of 64 KiB. */
  grow(pages: number): number;
}

export const webAssembly = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi })
  .WebAssembly;

/** Whether a store lies in a folder of this machine, and not in object storage (`s3://...`). */
export const isFolder = (uri: string): boolean => !/^[a-z0-9+]+:\/\//i.test(uri);

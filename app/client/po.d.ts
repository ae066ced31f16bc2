// A catalogue, as the build turns it into a module.
declare module "*.po" {
  const sentences: Readonly<Record<string, readonly string[]>>;
  export default sentences;
}

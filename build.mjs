// Builds what browsers load: app/client/entries/* and app/static/css/ronde.css into app/static/dist.
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { po } from "gettext-parser";
import { icons } from "lucide";

const root = dirname(fileURLToPath(import.meta.url));
process.chdir(root);
const entriesFolder = "app/client/entries";
const stylesFolder = "app/static/css";
const dist = "app/static/dist";
const iconNames = "app/static/icons.json";
const publicPath = "/static/dist";

/** Fonts of the printed documents: whole files for typst, never sent to browsers. */
const printFonts = [
  ...["400Regular", "600SemiBold", "700Bold"].map(
    (weight) =>
      `@expo-google-fonts/atkinson-hyperlegible-next/${weight}/AtkinsonHyperlegibleNext_${weight}.ttf`,
  ),
  "@expo-google-fonts/noto-emoji/400Regular/NotoEmoji_400Regular.ttf",
  ...["Regular", "Bold"].flatMap((weight) => [
    `@embedpdf/fonts-arabic/fonts/NotoNaskhArabic-${weight}.ttf`,
    `@embedpdf/fonts-hebrew/fonts/NotoSansHebrew-${weight}.ttf`,
  ]),
];

/** Finds the scripts and styles to build: whichever entries exist. */
function entryPoints() {
  const scripts = existsSync(entriesFolder)
    ? readdirSync(entriesFolder).filter((name) => /\.tsx?$/.test(name) && !/\.(test|d)\.tsx?$/.test(name))
    : [];
  const styles = ["ronde.css"].filter((name) => existsSync(join(stylesFolder, name)));
  return [
    ...scripts.map((name) => join(entriesFolder, name)),
    ...styles.map((name) => join(stylesFolder, name)),
  ];
}

/** Writes which hashed file serves each entry: {"room.js": {"file": "/static/…", "preload": ["/static/…"]}}. */
const manifest = {
  name: "manifest",
  setup(build) {
    build.onEnd(async ({ errors, metafile }) => {
      if (errors.length > 0 || !metafile) return;
      const url = (path) => `${publicPath}/${relative(dist, path)}`;
      const entries = {};
      for (const [path, output] of Object.entries(metafile.outputs)) {
        if (!output.entryPoint || !options.entryPoints.includes(output.entryPoint)) continue;
        const name = basename(output.entryPoint, extname(output.entryPoint)) + extname(path);
        const preload = output.imports
          .filter((used) => used.kind === "import-statement" && !used.external)
          .map((used) => url(used.path));
        entries[name] = { file: url(path), preload };
      }
      const sprite = writeSprite();
      entries["icons.svg"] = { file: url(sprite), preload: [] };
      const worker = await buildWorker(metafile.outputs, [
        ...Object.values(entries).map((each) => each.file),
      ]);
      entries["sw.js"] = { file: url(worker), preload: [] };
      removeOld(new Set([...Object.keys(metafile.outputs), sprite, worker]));
      const next = join(dist, "manifest.json.next");
      writeFileSync(next, `${JSON.stringify(entries, null, 2)}\n`);
      renameSync(next, join(dist, "manifest.json"));
    });
  },
};

/** Draws the icons that pages without a framework use into one file; returns its path. */
function writeSprite() {
  const symbols = JSON.parse(readFileSync(iconNames, "utf8")).map((name) => {
    const key = name.replace(/(^|-)([a-z0-9])/g, (_, _dash, letter) => letter.toUpperCase());
    if (!icons[key]) throw new Error(`${iconNames}: lucide has no icon named ${name}.`);
    const shapes = icons[key].map(([tag, shape]) => {
      const words = Object.entries(shape).map(([word, value]) => ` ${word}="${value}"`);
      return `<${tag}${words.join("")}/>`;
    });
    return `<symbol id="${name}" viewBox="0 0 24 24">${shapes.join("")}</symbol>`;
  });
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
  const hash = createHash("sha256").update(drawing).digest("hex").slice(0, 8);
  const path = join(dist, `icons-${hash}.svg`);
  writeFileSync(path, drawing);
  return path;
}

/** Builds the service worker around the list of files it keeps: all of them but the media library; returns its path. */
async function buildWorker(outputs, files) {
  const kept = Object.entries(outputs)
    .filter(([, { inputs }]) => !Object.keys(inputs).some((path) => path.includes("/livekit-client/")))
    .map(([path]) => `${publicPath}/${relative(dist, path)}`);
  const list = [...new Set([...kept, ...files, "/static/mark.svg"])].sort();
  const name = createHash("sha256").update(list.join("\n")).digest("hex").slice(0, 12);
  const { metafile } = await esbuild.build({
    ...shared,
    entryPoints: ["app/client/alone/worker.ts"],
    entryNames: "sw-[hash]",
    format: "iife",
    define: { BUILT: JSON.stringify(list), BUILD: JSON.stringify(name) },
  });
  return Object.keys(metafile.outputs)[0];
}

/** Turns a catalogue into a module: {English sentence: [translation, plural]}. */
const catalogues = {
  name: "catalogues",
  setup(build) {
    build.onLoad({ filter: /\.po$/ }, ({ path }) => {
      const { translations } = po.parse(readFileSync(path), { defaultCharset: "utf-8" });
      const sentences = Object.values(translations[""] ?? {}).filter(({ msgid }) => msgid);
      const said = Object.fromEntries(sentences.map(({ msgid, msgstr }) => [msgid, msgstr]));
      return { contents: JSON.stringify(said), loader: "json" };
    });
  },
};

/** Imports each icon by itself: what several scripts import from one list, esbuild puts into all of them. */
const singleIcons = {
  name: "single-icons",
  setup(build) {
    const list = readFileSync("node_modules/lucide/dist/esm/lucide.mjs", "utf8");
    const fileOf = new Map();
    for (const [, names, file] of list.matchAll(/export \{([^}]+)\} from '\.\/(icons\/[^']+)'/g))
      for (const [, name] of names.matchAll(/default as (\w+)/g)) fileOf.set(name, file);
    const single = (name) => {
      if (!fileOf.has(name)) throw new Error(`lucide has no icon named ${name}.`);
      return `import ${name} from "lucide/dist/esm/${fileOf.get(name)}";`;
    };
    build.onLoad({ filter: /client\/.*\.tsx$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replace(/^import \{([^}]+)\} from "lucide";$/m, (_, names) =>
        names
          .trim()
          .split(/\s*,\s*/)
          .filter(Boolean)
          .map(single)
          .join(" "),
      ),
      loader: "tsx",
    }));
  },
};

/** Removes files that earlier builds left behind. */
function removeOld(kept) {
  for (const name of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const path = join(name.parentPath, name.name);
    if (name.isFile() && name.name !== "manifest.json" && !path.startsWith(fonts) && !kept.has(path))
      rmSync(path);
  }
}

const fonts = join(dist, "fonts");
mkdirSync(fonts, { recursive: true });
for (const font of printFonts) copyFileSync(join("node_modules", font), join(fonts, basename(font)));
const shared = {
  outdir: dist,
  bundle: true,
  target: "es2022",
  minify: true,
  metafile: true,
  sourcemap: false,
  legalComments: "none",
  charset: "utf8",
  logLevel: "warning",
};
const options = {
  ...shared,
  entryPoints: entryPoints(),
  publicPath,
  splitting: true,
  format: "esm",
  jsx: "automatic",
  jsxImportSource: "preact",
  entryNames: "[name]-[hash]",
  chunkNames: "chunk-[hash]",
  assetNames: "[name]-[hash]",
  external: ["/static/*"],
  loader: { ".woff2": "file", ".svg": "file", ".png": "file", ".webp": "file", ".avif": "file" },
  plugins: [catalogues, singleIcons, manifest],
};

if (process.argv.includes("--watch")) {
  const context = await esbuild.context({ ...options, logLevel: "info" });
  await context.watch();
} else {
  // esbuild has already said what is wrong, and where.
  await esbuild.build(options).catch(() => process.exit(1));
}

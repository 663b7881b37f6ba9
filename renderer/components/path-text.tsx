// A path on one line. Where it does not fit its beginning is left out, since its end says more.
export function PathText({ path }: { path: string }) {
  return (
    <span className="path-text mono" title={path}>
      <bdi dir="ltr">{path}</bdi>
    </span>
  );
}

// The narrow rail of views.
import { Tooltip } from "@mantine/core";
import {
  IconAdjustmentsHorizontal,
  IconArrowsDiff,
  IconBox,
  IconChartLine,
  IconDatabase,
  IconHome,
  IconListSearch,
  IconSettings,
  IconTargetArrow,
} from "@tabler/icons-react";
import { Link, useLocation } from "wouter";

export const views = [
  { path: "/", label: "Home", Icon: IconHome },
  { path: "/datasets", label: "Datasets", Icon: IconDatabase },
  { path: "/checkpoints", label: "Checkpoints", Icon: IconBox },
  { path: "/evaluations", label: "Evaluations", Icon: IconTargetArrow },
  { path: "/configure", label: "Configure", Icon: IconAdjustmentsHorizontal },
  { path: "/runs", label: "Runs", Icon: IconChartLine },
  { path: "/compare", label: "Compare", Icon: IconArrowsDiff },
  { path: "/inspect", label: "Inspect", Icon: IconListSearch },
  { path: "/settings", label: "Settings", Icon: IconSettings },
] as const;

/** The study in sight stays in sight from view to view. */
const studyViews = ["/runs", "/compare", "/inspect"];

export function Rail() {
  const [location] = useLocation();
  const [, area, id] = location.split("/");
  const study = studyViews.includes(`/${area}`) && id !== undefined && id !== "" ? id : null;
  return (
    <nav className="rail" aria-label="Views">
      {views.map(({ path, label, Icon }) => {
        const current = path === "/" ? location === "/" : `/${area}` === path;
        const to = study !== null && studyViews.includes(path) ? `${path}/${study}` : path;
        return (
          <Tooltip key={path} label={label} position="right">
            <Link
              href={to}
              aria-label={label}
              aria-current={current ? "page" : undefined}
              className={path === "/settings" ? "rail-end" : undefined}
            >
              <Icon size={18} stroke={1.6} aria-hidden="true" />
            </Link>
          </Tooltip>
        );
      })}
    </nav>
  );
}

// A defect in one view must not take the rest of the workbench with it: what failed is said in its place.
import { Component, type ReactNode } from "react";
import { toErrorRecord } from "../../main/contract/errors.ts";
import { ErrorRecordPanel } from "./error-panel.tsx";

interface Props {
  where: string;
  children: ReactNode;
}

export class ErrorBoundary extends Component<Props, { failure: unknown }> {
  override state: { failure: unknown } = { failure: null };

  static getDerivedStateFromError(failure: unknown): { failure: unknown } {
    return { failure };
  }

  override render(): ReactNode {
    if (this.state.failure === null) return this.props.children;
    return (
      <ErrorRecordPanel record={toErrorRecord(this.state.failure, this.props.where)} onRetry={() => this.setState({ failure: null })} />
    );
  }
}

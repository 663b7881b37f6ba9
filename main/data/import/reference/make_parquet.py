"""Parquet files as pyarrow writes them, and their rows as JSON, for parquet.test.ts.

Run: python make_parquet.py   (pyarrow 26)
"""
import json
import random

import pyarrow as pa
import pyarrow.parquet as pq

random.seed(7)
ROWS = 320


def text(i):
    return f"problem {i} " + "".join(random.choice("ab é漢\n") for _ in range(random.randint(0, 40)))


def turns(i):
    both = [{"role": "user", "content": text(i)}, {"role": "assistant", "content": str(i) * (i % 20)}]
    return None if i % 11 == 0 else both[: i % 3]


table = pa.table(
    {
        "id": pa.array([i * 10 for i in range(ROWS)], pa.int64()),
        "problem": [None if i % 97 == 0 else text(i) for i in range(ROWS)],
        "level": pa.array([f"Level {i % 5}" for i in range(ROWS)]),
        "score": pa.array([i / 7 if i % 3 else None for i in range(ROWS)], pa.float64()),
        "ok": pa.array([bool(i % 2) for i in range(ROWS)]),
        "messages": [turns(i) for i in range(ROWS)],
        "tags": [[f"t{j}" for j in range(i % 4)] for i in range(ROWS)],
        "meta": [{"a": {"b": i} if i % 5 else None} if i % 7 else None for i in range(ROWS)],
        "when": pa.array([i * 86_400_000 for i in range(ROWS)], pa.timestamp("ms")),
    }
)
for codec, version in [("snappy", "1.0"), ("gzip", "1.0"), ("zstd", "2.0"), ("brotli", "2.0"), ("lz4", "1.0")]:
    pq.write_table(
        table,
        f"rows-{codec}.parquet",
        compression=codec,
        data_page_version=version,
        row_group_size=150,
        # Several pages a column, and rows of nested columns that go over from one into the next.
        data_page_size=600,
        write_batch_size=16,
        use_dictionary=["level"],
    )

with open("rows.jsonl", "w") as out:
    for row in table.to_pylist():
        row["when"] = row["when"].isoformat() + ".000Z"
        out.write(json.dumps(row, ensure_ascii=False) + "\n")

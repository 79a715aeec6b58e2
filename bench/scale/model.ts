/** A measured value and what it depends on. */
export interface Point {
  readonly gateways: number;
  /** The subscribers of all gateways together. */
  readonly subscribers: number;
  readonly value: number;
}

/** A part of a cost: constant, for each gateway, or for each subscriber. */
export type Term = 'fixed' | 'gateways' | 'subscribers';

/** A cost: the sum of its terms. */
export interface Fit {
  readonly fixed: number;
  readonly gateways: number;
  readonly subscribers: number;
  /** The largest distance of a point from the model, as a fraction of the point's value. */
  readonly deviation: number;
}

/** Values below this fraction of the largest one count as if they had it: they are mostly noise. */
const FLOOR = 0.01;
/** What is left of a column that depends on the others, by rounding. */
const SINGULAR = 1e-9;

/**
 * The coefficients with the least sum of squared relative errors, so that small and large configurations count the same. A term
 * that would be negative is left out, because no part of a cost is negative.
 *
 * @throws {Error} if the points do not determine the terms
 */
export function fit(terms: readonly Term[], points: readonly Point[]): Fit {
  const floor = FLOOR * Math.max(...points.map(({ value }) => Math.abs(value)));
  const sizeOf = ({ value }: Point): number => Math.max(Math.abs(value), floor);
  const rows = points.map((point) => {
    const parts = terms.map((term) => factorOf(term, point) / sizeOf(point));
    return [...parts, point.value / sizeOf(point)];
  });
  const found = leastSquares(rows);
  const least = Math.min(...found);
  if (least < 0) {
    const rest = terms.filter((_, index) => found[index] !== least);
    return rest.length === 0 ? withDeviation({}, points, sizeOf) : fit(rest, points);
  }
  const coefficients = Object.fromEntries(terms.map((term, index) => [term, found[index] ?? 0]));
  return withDeviation(coefficients, points, sizeOf);
}

/** The value of the model for numbers of gateways and subscribers. */
export function valueAt(model: Fit, point: Omit<Point, 'value'>): number {
  const terms: readonly Term[] = ['fixed', 'gateways', 'subscribers'];
  return terms.reduce((sum, term) => sum + model[term] * factorOf(term, point), 0);
}

function withDeviation(
  coefficients: Partial<Record<Term, number>>,
  points: readonly Point[],
  sizeOf: (point: Point) => number,
): Fit {
  const model = { fixed: 0, gateways: 0, subscribers: 0, deviation: 0, ...coefficients };
  const errors = points.map(
    (point) => Math.abs(valueAt(model, point) - point.value) / sizeOf(point),
  );
  return { ...model, deviation: Math.max(...errors) };
}

function factorOf(term: Term, point: Omit<Point, 'value'>): number {
  return term === 'fixed' ? 1 : point[term];
}

/** Solves the normal equations of rows, whose last element is the value, by Gaussian elimination. */
function leastSquares(rows: readonly (readonly number[])[]): number[] {
  const size = (rows[0]?.length ?? 1) - 1;
  const product = (i: number, j: number): number =>
    rows.reduce((sum, row) => sum + (row[i] ?? 0) * (row[j] ?? 0), 0);
  const matrix = Array.from({ length: size }, (_, i) =>
    Array.from({ length: size + 1 }, (__, j) => product(i, j)),
  );
  for (let column = 0; column < size; column++) {
    if ((matrix[column]?.[column] ?? 0) <= SINGULAR * product(column, column)) {
      throw new Error('the measured points do not determine the terms of the model');
    }
    eliminate(matrix, column);
  }
  return matrix.map((row, index) => (row[size] ?? 0) / (row[index] ?? 1));
}

/** Makes a column zero, except in the row of the same number. The matrix is symmetric and positive, so no rows are exchanged. */
function eliminate(matrix: readonly number[][], column: number): void {
  const pivotRow = matrix[column] ?? [];
  const pivot = pivotRow[column] ?? 0;
  for (const [index, row] of matrix.entries()) {
    if (index === column) continue;
    const factor = (row[column] ?? 0) / pivot;
    for (const [at, value] of pivotRow.entries()) row[at] = (row[at] ?? 0) - factor * value;
  }
}

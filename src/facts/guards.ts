import * as v from 'valibot';
import { featureNames, flowStates } from './flow.ts';
import type { Guard } from '../base/channel.ts';

/** Makes a channel's guard of a schema. */
export function guard<S extends v.GenericSchema>(schema: S): Guard<v.InferOutput<S>> {
  return (value): value is v.InferOutput<S> => v.is(schema, value);
}

export const nothing = v.strictObject({});
export const count = v.pipe(v.number(), v.finite(), v.minValue(0));
export const wallMs = v.pipe(v.number(), v.finite());
export const fraction = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
export const points = v.pipe(v.number(), v.minValue(-100), v.maxValue(100));
export const score = v.pipe(v.number(), v.minValue(0), v.maxValue(100));
export const shortText = v.pipe(v.string(), v.maxLength(200));
export const flowState = v.picklist(flowStates);
export const featureName = v.picklist(featureNames);

import { describeElementsIn } from './elements.ts';

describeElementsIn('dark');

import { describeElementsIn } from './elements.ts';

describeElementsIn('light');

import { describeElementsIn } from './elements.ts';

describeElementsIn('highContrast');

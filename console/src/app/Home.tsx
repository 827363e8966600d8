import { Navigate } from '@tanstack/react-router';
import { homeOf } from './beginning';
import { useMe } from './me';
import { Loaded } from './states';

export function Home() {
  const me = useMe();
  return (
    <Loaded query={me} lines={4}>
      {(found) => <Navigate to={homeOf(found)} replace />}
    </Loaded>
  );
}
